package io.calcamel.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** An environment, an input and what a command printed. */
final class FakeTerminal {

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private byte[] in = {};

    FakeTerminal with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    FakeTerminal withInput(byte[] bytes) {
        in = bytes;
        return this;
    }

    int execute(String... args) {
        return Cli.execute(new Terminal(environment, new ByteArrayInputStream(in), print(out), print(err)), args);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    byte[] outBytes() {
        return out.toByteArray();
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }
}
