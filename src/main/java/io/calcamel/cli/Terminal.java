package io.calcamel.cli;

import java.io.InputStream;
import java.io.PrintStream;
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
}
