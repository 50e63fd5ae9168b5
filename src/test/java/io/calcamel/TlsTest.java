package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a certificate the hub speaks TLS, and nothing else, on its port. */
class TlsTest {

    private static final String WORD = "password-of-the-test";

    @TempDir
    static Path folder;

    private static Map<String, String> settings() throws Exception {
        Path keystore = folder.resolve("hub.p12");
        if (Files.notExists(keystore)) {
            List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "hub", "-keyalg", "EC",
                    "-dname", "CN=localhost", "-ext", "SAN=dns:localhost,ip:127.0.0.1", "-validity", "2", "-storetype", "PKCS12", "-keystore", keystore.toString(),
                    "-storepass", WORD);
            assertThat(new ProcessBuilder(command).redirectErrorStream(true).start().waitFor()).isZero();
        }
        return new HashMap<>(Map.of("http.tls.enabled", "true", "http.tls.keystore", keystore.toString(), "http.tls.keystore-password", WORD));
    }

    private static SSLContext trusting() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("hub.p12"))) {
            keys.load(in, WORD.toCharArray());
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("hub", keys.getCertificate("hub"));
        trust.init(certificates);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void httpsIsAnsweredAndHttpIsNot() throws Exception {
        HubExtension hub = new HubExtension();
        settings().forEach(hub::with);
        hub.beforeAll(null);
        try {
            HttpResponse<String> answer = HttpClient.newBuilder().sslContext(trusting()).build().send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + hub.hub().httpPort() + "/openapi.json")).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
            try (Socket plain = new Socket("127.0.0.1", hub.hub().httpPort())) {
                plain.setSoTimeout(5_000);
                plain.getOutputStream().write("GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(read(plain), StandardCharsets.ISO_8859_1)).doesNotContain("HTTP/1.1");
            }
        } finally {
            hub.afterAll(null);
        }
    }

    private static byte[] read(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (java.net.SocketException reset) {
            return new byte[0];
        }
    }

    @Test
    void aKeystoreThatCantBeOpenedStopsTheStart() throws Exception {
        for (Map.Entry<String, String> wrong : Map.of("http.tls.keystore", folder.resolve("none.p12").toString(), "http.tls.keystore-password", "another").entrySet()) {
            Map<String, String> settings = settings();
            settings.putAll(Map.of("database.url", "jdbc:postgresql://127.0.0.1:1/none", "http.port", "0", "management.port", "0"));
            settings.put(wrong.getKey(), wrong.getValue());
            assertThatThrownBy(() -> new Hub(Profile.DEV, settings).start()).isInstanceOf(StartRefused.class).hasMessageContaining("PKCS12")
                    .hasMessageNotContaining("another");
        }
    }
}
