package io.calcamel.fault;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small disk of its own, in memory, that can be filled. */
record Disk(Path folder) implements AutoCloseable {

    /** Mounts it; the test is not run where that is not allowed. */
    static Disk mount(Path folder, String size) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "mode=777,size=" + size, "tmpfs", folder.toString()) == 0, "to mount a small disk is not allowed here");
        return new Disk(folder);
    }

    /** Until nothing more fits. */
    void fill() throws IOException {
        try (OutputStream ballast = Files.newOutputStream(folder.resolve("ballast"))) {
            byte[] block = new byte[4096];
            while (true) {
                ballast.write(block);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }

    void free() throws IOException {
        Files.delete(folder.resolve("ballast"));
    }

    /** From now on nothing can be made or deleted in a folder, or again; the test is not run where that is not allowed. */
    static void freeze(Path folder, boolean isFrozen) throws IOException, InterruptedException {
        assumeTrue(run("chattr", isFrozen ? "+i" : "-i", folder.toString()) == 0, "chattr is not allowed here");
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("umount", "-l", folder.toString());
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }
}
