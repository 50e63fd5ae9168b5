package io.calcamel.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * What a command has around it.
 *
 * @param environment the environment variables
 * @param in          standard input
 * @param out         where results go
 * @param err         where complaints go
 */
record Terminal(Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {

    static Terminal ofThisProcess() {
        return new Terminal(System.getenv(), System.in, System.out, System.err);
    }

    /**
     * @param name an environment variable
     * @return its value; empty where it is unset or blank, since {@code NAME= command} is how people unset one
     */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /**
     * One line of standard input. What is typed there is not shown.
     *
     * @param what what it is, for whoever types it
     * @return the line without blanks around it; empty where there is none
     */
    Optional<String> secret(String what) {
        Console console = in == System.in ? System.console() : null;
        if (console != null) {
            return Optional.ofNullable(console.readPassword("%s: ", what)).map(String::new).map(String::strip).filter(line -> !line.isEmpty());
        }
        try {
            return Optional.ofNullable(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine()).map(String::strip)
                    .filter(line -> !line.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
