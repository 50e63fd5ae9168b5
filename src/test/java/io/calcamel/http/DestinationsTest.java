package io.calcamel.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody has the hub call its own network, or the cloud for its credentials. */
class DestinationsTest {

    private static final Destinations PROD = new Destinations(false, "");
    private static final Destinations DEV = new Destinations(true, "");

    @ParameterizedTest
    @ValueSource(strings = {"https://api.cal.com/v2", "https://8.8.8.8/v2", "https://[2606:4700::1111]/v2", "https://cal.example:8443/api"})
    void publicHostsAreCalled(String address) {
        assertThat(PROD.refusal(address)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://api.cal.com/v2", "https://127.0.0.1/v2", "https://localhost/v2", "https://localhost./v2", "https://10.0.0.5", "https://172.31.255.1",
            "https://192.168.1.1", "https://100.64.0.1", "https://0.0.0.0", "https://224.0.0.1", "https://255.255.255.255", "https://198.18.0.1",
            "https://192.0.2.1", "https://[::1]", "https://[::]", "https://[fc00::1]", "https://[fd12::1]", "https://[ff02::1]", "https://[2001:db8::1]",
            "https://[::ffff:10.0.0.5]", "https://[::ffff:7f00:1]", "https://[::10.0.0.5]", "https://[64:ff9b::10.0.0.5]", "https://[2002:a00:5::1]",
            "https://[2001:0:a00:5::1]"})
    void inProdNothingElseIs(String address) {
        assertThat(PROD.refusal(address)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://169.254.169.254/latest", "https://169.254.170.2", "https://100.100.100.200", "https://168.63.129.16", "https://[fe80::1]",
            "https://[fd00:ec2::254]", "https://[fd20:ce::254]", "https://[::ffff:169.254.169.254]", "https://[::ffff:a9fe:a9fe]", "https://[64:ff9b::a9fe:a9fe]",
            "https://[2002:a9fe:a9fe::]", "http://2852039166", "http://0xa9fea9fe", "http://0251.0376.0251.0376", "http://169.254.43518", "http://0xa9.0xfe.0xa9.0xfe",
            "http://metadata.google.internal/computeMetadata", "http://METADATA.google.internal.", "http://user:word@cal.example", "http://cal.example/?a=b",
            "http://cal.example/#a", "ftp://cal.example", "cal.example", "https://", ""})
    void theseAreCalledNowhere(String address) {
        assertThat(PROD.refusal(address)).isPresent();
        assertThat(DEV.refusal(address)).isPresent();
        assertThat(new Destinations(false, "169.254.0.0/16, 100.64.0.0/10, metadata.google.internal, fe80::/10, fd00::/8, 168.63.129.16, 64:ff9b::/96").refusal(address))
                .as("whatever the operator trusts").isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:8081/v2", "http://localhost:8081/v2", "http://192.168.1.7", "https://api.cal.com/v2", "http://[::1]:8081"})
    void inDevThisMachineIs(String address) {
        assertThat(DEV.refusal(address)).isEmpty();
    }

    @Test
    void whatTheOperatorTrustsIsCalledInProdToo() {
        Destinations trusting = new Destinations(false, " localhost, 10.1.0.0/16 ,fd12::/16,192.168.7.7");
        for (String address : new String[] {"https://localhost", "http://localhost", "https://10.1.2.3", "http://10.1.2.3", "https://[fd12::7]", "https://192.168.7.7"}) {
            assertThat(trusting.refusal(address)).as(address).isEmpty();
        }
        for (String address : new String[] {"https://10.2.0.1", "https://192.168.7.8", "http://api.cal.com", "https://127.0.0.1"}) {
            assertThat(trusting.refusal(address)).as(address).isPresent();
        }
        assertThatThrownBy(() -> new Destinations(false, "10.0.0.0/33")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("10.0.0.0/33");
        assertThatThrownBy(() -> new Destinations(false, "https://cal.internal")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNameThatLeadsElsewhereByTheTimeOfTheCallIsNotConnectedTo() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer inside = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        inside.createContext("/", call -> {
            asked.incrementAndGet();
            call.sendResponseHeaders(200, -1);
            call.close();
        });
        inside.start();
        int port = inside.getAddress().getPort();
        try (CloseableHttpClient guarded = client(PROD); CloseableHttpClient open = client(DEV)) {
            // To the client a name is a name: localhost stands for any that was public when it was stored.
            assertThatThrownBy(() -> get(guarded, "https://localhost:" + port)).isInstanceOf(Destinations.Refused.class).hasMessageContaining("not public");
            assertThatThrownBy(() -> get(guarded, "https://127.0.0.1:" + port)).isInstanceOf(Destinations.Refused.class);
            assertThatThrownBy(() -> get(guarded, "http://localhost:" + port)).isInstanceOf(Destinations.Refused.class).hasMessageContaining("not https");
            assertThatThrownBy(() -> get(open, "http://169.254.169.254/")).isInstanceOf(Destinations.Refused.class);
            assertThat(asked).hasValue(0);
            assertThat(get(open, "http://localhost:" + port)).isEqualTo(200);
            assertThat(asked).hasValue(1);
        } finally {
            inside.stop(0);
        }
    }

    private static CloseableHttpClient client(Destinations destinations) {
        HttpClientBuilder client = HttpClientBuilder.create().disableAutomaticRetries();
        destinations.guard(client, PoolingHttpClientConnectionManagerBuilder.create());
        return client.build();
    }

    private static int get(CloseableHttpClient client, String url) throws IOException {
        return client.execute(new HttpGet(url), answer -> answer.getCode());
    }
}
