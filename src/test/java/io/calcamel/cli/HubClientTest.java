package io.calcamel.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.calcamel.cli.HubClient.NoAnswer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubClientTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe beginning of"})
    void givesUpOnAHubThatDoesNotFinishItsAnswer(String beginning) throws Exception {
        CountDownLatch given = new CountDownLatch(1);
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread slow = new Thread(() -> answer(socket, beginning, given));
            slow.start();
            URI url = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");

            assertThatThrownBy(() -> new HubClient(Duration.ofSeconds(3), Duration.ofMillis(200)).post(url, Map.of(), new byte[] {1}))
                    .isInstanceOfSatisfying(NoAnswer.class, none -> assertThat(none.why()).isEqualTo(NoAnswer.Cause.SILENT));
            given.countDown();
            slow.join();
        }
    }

    private static void answer(ServerSocket socket, String beginning, CountDownLatch until) {
        try (Socket connection = socket.accept()) {
            OutputStream out = connection.getOutputStream();
            out.write(beginning.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            until.await();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
