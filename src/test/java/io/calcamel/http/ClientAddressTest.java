package io.calcamel.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Nobody passes for somebody else by a header. */
class ClientAddressTest {

    @Test
    void withoutAProxyOfOnesOwnTheHeaderSaysNothing() {
        assertThat(new ClientAddress("").of("198.51.100.7", List.of("203.0.113.1"))).isEqualTo("198.51.100.7");
        assertThat(new ClientAddress("10.0.0.0/8").of("198.51.100.7", List.of("203.0.113.1"))).isEqualTo("198.51.100.7");
    }

    @Test
    void behindOnesOwnProxiesItIsTheLastHopThatIsNone() {
        ClientAddress clients = new ClientAddress("10.0.0.0/8,fd00::/8");
        assertThat(clients.of("10.0.0.1", List.of("6.6.6.6, 198.51.100.7"))).isEqualTo("198.51.100.7");
        assertThat(clients.of("10.0.0.1", List.of("6.6.6.6", "198.51.100.7, 10.0.0.2"))).isEqualTo("198.51.100.7");
        assertThat(clients.of("fd00::1", List.of("2001:db8:1:2:3:4:5:6"))).isEqualTo("2001:db8:1:2:0:0:0:0/64");
        assertThat(clients.of("10.0.0.1", List.of("a name"))).isEqualTo("10.0.0.1");
        assertThat(clients.of("10.0.0.1", List.of())).isEqualTo("10.0.0.1");
        assertThat(clients.of(null, List.of())).isEmpty();
        assertThatThrownBy(() -> new ClientAddress("proxy.internal")).isInstanceOf(IllegalArgumentException.class);
    }
}
