package io.calcamel.cli;

import io.calcamel.cli.HubCall.Failed;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that calls a hub, and says why where that does not work. */
abstract class HubCommand implements Callable<Integer> {

    static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

    final Terminal terminal;

    @Mixin
    final HubCall hub;

    /**
     * @param terminal where it speaks
     * @param hub      with whose token it calls
     */
    HubCommand(Terminal terminal, HubCall hub) {
        this.terminal = terminal;
        this.hub = hub;
    }

    /**
     * Does what the command is for.
     *
     * @return the exit code
     * @throws Failed where it can't be done
     */
    abstract int ask() throws Failed;

    @Override
    public Integer call() {
        try {
            return ask();
        } catch (Failed e) {
            terminal.err().println(e.getMessage());
            return e.exitCode();
        }
    }
}
