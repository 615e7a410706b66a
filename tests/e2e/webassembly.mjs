// Runs a MicroPython script in the WebAssembly build: node webassembly.mjs MICROPYTHON.mjs SCRIPT IMAGE CALL
// The image appears as /image.romfs; CALL is a statement that runs after the script.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, script, image, call] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(module));
const mp = await loadMicroPython({
    heapsize: 64 * 1024 * 1024,
    linebuffer: true,
    stdout: (line) => process.stdout.write(line + "\n"),
});
mp.FS.writeFile("/image.romfs", readFileSync(image));
mp.runPython(readFileSync(script, "utf-8"));
mp.runPython(call);
