package io.calcamel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CliTest {

    private final FakeTerminal terminal = new FakeTerminal();

    @Test
    void helpsWithAllCommandsAndSaysWhatNoneDoes() {
        assertThat(terminal.execute("--help")).isZero();

        assertThat(terminal.out()).contains("java -jar target/calcamel.jar", "Without a command the hub runs", "run ", "send-webhook");
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void helpsWithOneCommand() {
        assertThat(terminal.execute("send-webhook", "--help")).isZero();

        assertThat(terminal.out()).contains("java -jar target/calcamel.jar send-webhook", "[TRIGGER]", "--url", "--company", "--secret",
                "--uid", "--reschedule-uid", "--start", "--file", "--list", "--print", "Exit codes:");
    }

    @Test
    void saysItsVersion() {
        assertThat(terminal.execute("--version")).isZero();

        assertThat(terminal.out()).startsWith("calcamel ");
    }

    @Test
    void guessesWhichCommandWasMeant() {
        assertThat(terminal.execute("send-webhok", "BOOKING_CREATED")).isEqualTo(2);

        assertThat(terminal.err()).contains("send-webhok", "send-webhook", "--help");
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void namesAnUnknownOption() {
        assertThat(terminal.execute("send-webhook", "PING", "--colour", "red")).isEqualTo(2);

        assertThat(terminal.err()).contains("--colour", "Help: java -jar target/calcamel.jar send-webhook --help");
    }

    @Test
    void leavesRunningTheHubToTheApplication() {
        assertThat(terminal.execute("run")).isEqualTo(2);
        assertThat(terminal.execute()).isEqualTo(2);
    }
}
