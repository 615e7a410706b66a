#include "romfs/defaults.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/*
 * The most that a board is known to need for a type: an image does not say for which board it is, and 32 instead of
 * 16 costs 16 bytes of padding in a file at most.
 */
const struct mprom_romfs_default_align mprom_romfs_default_aligns[] = {
    {"*.tflite", 32,
     "a model that TensorFlow Lite Micro or an NPU reads in place: 16 on OpenMV's boards, 32 on the N6 and the MPS3; "
     "with "
     "less it fails at its first inference"},
    {"*.lite", 32, "the same under another name"},
    {"*.onnx", 32, "a model for the Neural-ART NPU of the N6, which needs 32"},
    {"*.bin", 32, "a compiled model or data of an NPU: 16 on OpenMV's boards, 32 on the N6"},
    {NULL, 0, NULL},
};

/* The patterns of this table are a star and a suffix. */
static bool align_matches(const char *pattern, const char *name, size_t name_size)
{
    const char *suffix = pattern + 1;
    size_t suffix_size = strlen(suffix);

    return suffix_size <= name_size && strncasecmp(suffix, name + name_size - suffix_size, suffix_size) == 0;
}

uint32_t mprom_romfs_default_align(const char *name, size_t name_size)
{
    for (const struct mprom_romfs_default_align *row = mprom_romfs_default_aligns; row->pattern != NULL; row++) {
        if (align_matches(row->pattern, name, name_size)) {
            return row->align;
        }
    }
    return 0;
}

/*
 * What is left out. A pattern is here if no program on a board reads such files, or if they can hold somebody's
 * passwords. Files that boards use do not belong here, though they be private: *.pem, *.key and *.crt (TLS),
 * secrets.py (settings of WLAN).
 */
#define SECRET(pattern, reason)                                                                                      \
    {                                                                                                                \
        pattern, MPROM_ROMFS_DEFAULT_SECRET, reason                                                                  \
    }
#define IMAGE(pattern, reason)                                                                                       \
    {                                                                                                                \
        pattern, MPROM_ROMFS_DEFAULT_IMAGE, reason                                                                   \
    }
#define LITTER(pattern, reason)                                                                                      \
    {                                                                                                                \
        pattern, MPROM_ROMFS_DEFAULT_LITTER, reason                                                                  \
    }

static const char environment[] = "passwords of the environment";
static const char keys[] = "keys and passwords of a person";
static const char accounts[] = "passwords of services";
static const char history[] = "history of a shell";
static const char image[] = "an image";
static const char unfinished[] = "an image that was not finished";
static const char emulated[] = "state of an emulated board";
static const char own[] = "mprom's own";
static const char version_control[] = "version control";
static const char automation[] = "settings of servers and tools";
static const char mac[] = "litter of macOS";
static const char windows[] = "litter of Windows";
static const char linux_litter[] = "litter of Linux";
static const char backup[] = "backup or lock of an editor";
static const char editor[] = "settings of an editor";
static const char python_made[] = "made by Python";
static const char stubs[] = "type stubs";
static const char virtual_environment[] = "virtual environment of Python";
static const char cache[] = "cache of a tool";
static const char packages[] = "package manager";

const struct mprom_romfs_default_left_out mprom_romfs_default_left_out[] = {
    SECRET(".env", environment),
    SECRET(".env.*", environment),
    SECRET("*.env", environment),
    SECRET(".envrc", environment),
    SECRET(".secrets", environment),
    SECRET(".secrets.*", environment),
    SECRET(".ssh/", keys),
    SECRET("id_rsa", keys),
    SECRET("id_dsa", keys),
    SECRET("id_ecdsa", keys),
    SECRET("id_ecdsa_sk", keys),
    SECRET("id_ed25519", keys),
    SECRET("id_ed25519_sk", keys),
    SECRET("*.ppk", keys),
    SECRET(".gnupg/", keys),
    SECRET("*.kdbx", keys),
    SECRET(".password-store/", keys),
    SECRET(".netrc", accounts),
    SECRET("_netrc", accounts),
    SECRET(".git-credentials", accounts),
    SECRET(".pypirc", accounts),
    SECRET(".npmrc", accounts),
    SECRET(".yarnrc.yml", accounts),
    SECRET(".pgpass", accounts),
    SECRET(".my.cnf", accounts),
    SECRET(".htpasswd", accounts),
    SECRET(".aws/", accounts),
    SECRET(".azure/", accounts),
    SECRET(".gcloud/", accounts),
    SECRET(".kube/", accounts),
    SECRET(".docker/", accounts),
    SECRET(".vault-token", accounts),
    SECRET(".terraform/", accounts),
    SECRET("*.tfstate*", accounts),
    SECRET(".*_history", history),

    IMAGE("*.romfs", image),
    IMAGE(".mprom-*.tmp", unfinished),

    LITTER(".mpromignore", own),
    LITTER("mprom-sim/", emulated),
    LITTER(".git*", version_control), /* .git, .gitignore, .github, ... */
    LITTER(".hg*", version_control),
    LITTER(".svn", version_control),
    LITTER(".bzr*", version_control),
    LITTER(".jj", version_control),
    LITTER("CVS/", version_control),
    LITTER(".cvsignore", version_control),
    LITTER("_darcs/", version_control),
    LITTER(".fslckout", version_control),
    LITTER("_FOSSIL_", version_control),
    LITTER("*.orig", version_control),
    LITTER("*.rej", version_control),
    LITTER(".travis.yml", automation),
    LITTER(".circleci/", automation),
    LITTER(".woodpecker*", automation),
    LITTER(".devcontainer*", automation),
    LITTER(".dockerignore", automation),
    LITTER(".editorconfig", automation),
    LITTER(".pre-commit-config.yaml", automation),
    LITTER(".husky/", automation),
    LITTER(".readthedocs.y*ml", automation),
    LITTER(".pylintrc", automation),
    LITTER(".flake8", automation),
    LITTER(".coveragerc", automation),
    LITTER(".DS_Store", mac),
    LITTER("._*", mac),
    LITTER(".AppleDouble/", mac),
    LITTER(".Spotlight-V100/", mac),
    LITTER(".Trashes", mac),
    LITTER(".fseventsd/", mac),
    LITTER(".TemporaryItems/", mac),
    LITTER(".localized", mac),
    LITTER("__MACOSX/", mac),
    LITTER("[Tt]humbs.db", windows),
    LITTER("ehthumbs*.db", windows),
    LITTER("[Dd]esktop.ini", windows),
    LITTER("$RECYCLE.BIN/", windows),
    LITTER("System Volume Information/", windows),
    LITTER("*.lnk", windows),
    LITTER(".directory", linux_litter),
    LITTER(".Trash-*/", linux_litter),
    LITTER(".fuse_hidden*", linux_litter),
    LITTER(".nfs*", linux_litter),
    LITTER("lost+found/", linux_litter),
    LITTER("*~", backup),
    LITTER(".*.sw[a-z]", backup),
    LITTER("#*#", backup),
    LITTER(".#*", backup),
    LITTER("*.bak", backup),
    LITTER("*.kate-swp", backup),
    LITTER(".vscode/", editor),
    LITTER("*.code-workspace", editor),
    LITTER(".history/", editor),
    LITTER(".idea/", editor),
    LITTER("*.iml", editor),
    LITTER(".vs/", editor),
    LITTER(".fleet/", editor),
    LITTER(".zed/", editor),
    LITTER(".cursor/", editor),
    LITTER(".settings/", editor),
    LITTER(".project", editor),
    LITTER(".pydevproject", editor),
    LITTER(".spyproject/", editor),
    LITTER(".ropeproject/", editor),
    LITTER("*.sublime-*", editor),
    LITTER(".micropico", editor),
    LITTER(".picowgo", editor),
    LITTER("pymakr.conf", editor),
    LITTER(".pymakr/", editor),
    LITTER(".micropy/", editor),
    LITTER(".claude/", editor),
    LITTER(".aider*", editor),
    LITTER(".windsurf/", editor),
    LITTER("__pycache__", python_made),
    LITTER("*.pyc", python_made),
    LITTER("*.pyo", python_made),
    LITTER("*.pyd", python_made),
    LITTER("*.egg-info", python_made),
    LITTER("*.dist-info/", python_made),
    LITTER("*.pyi", stubs),
    LITTER("py.typed", stubs),
    LITTER("typings/", stubs),
    LITTER(".stubs/", stubs),
    LITTER(".venv", virtual_environment),
    LITTER("venv/", virtual_environment),
    LITTER(".virtualenv/", virtual_environment),
    LITTER(".conda/", virtual_environment),
    LITTER(".direnv/", virtual_environment),
    LITTER(".cache/", cache),
    LITTER(".*_cache/", cache), /* .mypy_cache, .pytest_cache, .ruff_cache, ... */
    LITTER(".tox/", cache),
    LITTER(".nox/", cache),
    LITTER(".hypothesis/", cache),
    LITTER(".pytype/", cache),
    LITTER(".pyre/", cache),
    LITTER(".ipynb_checkpoints/", cache),
    LITTER(".coverage*", cache),
    LITTER("htmlcov/", cache),
    LITTER(".sass-cache/", cache),
    LITTER(".parcel-cache/", cache),
    LITTER("node_modules", packages),
    LITTER("bower_components/", packages),
    LITTER(".npm/", packages),
    LITTER(".yarn*", packages),
    LITTER(".pnpm-store/", packages),
    LITTER(".pnp.*", packages),
    LITTER("package-lock.json", packages),
    LITTER("npm-shrinkwrap.json", packages),
    LITTER("yarn.lock", packages),
    LITTER("pnpm-lock.yaml", packages),
    LITTER(".eggs/", packages),
    LITTER("__pypackages__/", packages),
    LITTER(".pdm-*", packages),
    LITTER(".pixi/", packages),
    LITTER(".pio/", packages),
    LITTER(".pioenvs/", packages),
    LITTER(".python-version", packages),
    LITTER("poetry.lock", packages),
    LITTER("uv.lock", packages),
    LITTER("pdm.lock", packages),
    LITTER("Pipfile*", packages),
    {0},
};

const struct mprom_romfs_default_marker mprom_romfs_default_markers[] = {
    {".mprom-emulated-board", emulated},
    {"pyvenv.cfg", virtual_environment},
    {"CACHEDIR.TAG", cache},
    {0},
};
