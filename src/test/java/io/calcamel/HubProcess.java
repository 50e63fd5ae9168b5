package io.calcamel;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A hub in a process of its own, in a folder of its own, as somebody starts it. */
public final class HubProcess {

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private Process process;

    /** @param folder where it runs; gets the project's application.properties and routes */
    public HubProcess(Path folder) {
        this.folder = folder;
        with("HTTP_PORT", String.valueOf(freePort()));
        with("MANAGEMENT_PORT", String.valueOf(freePort()));
        with("SANDBOX_PORT", "0");
        try {
            if (Files.notExists(folder.resolve("routes"))) {
                copy(Path.of("routes"), folder.resolve("routes"));
                Files.copy(Path.of("application.properties"), folder.resolve("application.properties"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public HubProcess with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Starts it; {@code wrapper} is a command that the java command is appended to. */
    public HubProcess start(String... wrapper) {
        List<String> java = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-cp", classPath(), "io.calcamel.App");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(wrapper), java.stream()).toList())
                .directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CALC") || name.equals("DEFAULT_CALCOM_API_KEY"));
        builder.environment().putAll(environment);
        try {
            Files.deleteIfExists(log());
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Without the tests' own logback-test.xml. */
    public static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    public HubProcess awaitReady() {
        await().atMost(Duration.ofSeconds(90)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("ended with " + process.exitValue() + ":\n" + output());
            }
            return output().contains("CalCamel is ready");
        });
        return this;
    }

    public int awaitExit() {
        try {
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                throw new IllegalStateException("still running:\n" + output());
            }
            LeakWatch.lookAtOutput(output());
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends it as {@code kill -9} does, and leaves its PostgreSQL behind. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** Ends it as {@code kill} or Ctrl-C does. */
    public int stop() {
        process.destroy();
        return awaitExit();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String output() {
        try {
            return Files.exists(log()) ? Files.readString(log(), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url(String path) {
        return "http://127.0.0.1:" + environment.get("HTTP_PORT") + path;
    }

    public String variable(String name) {
        return environment.get(name);
    }

    public long pid() {
        return process.pid();
    }

    public Path folder() {
        return folder;
    }

    private Path log() {
        return folder.resolve("hub-" + environment.get("HTTP_PORT") + ".log");
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
