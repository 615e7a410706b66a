/* Which board a program of the contract is for. The build says so, because only the family knows the type of its facts. */
#include "port.h"

extern const struct machine_family CONTRACT_FAMILY;
extern const char CONTRACT_FACTS[];

const struct contract_board contract_board = {
    .name = CONTRACT_NAME, .family = &CONTRACT_FAMILY, .facts = CONTRACT_FACTS};
