package io.calcamel.company;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Credentials at rest. */
class VaultTest {

    private static final String OLD = "old-master-key-of-thirty-two-characters-and-more";
    private static final String NEW = "new-master-key-of-thirty-two-characters-and-more";
    private static final String WHERE = "company 7 calcom_api_key";

    @Property(tries = 200)
    void whatIsSealedIsOpenedAgain(@ForAll String secret) {
        String text = new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        Vault vault = new Vault(OLD);
        assertThat(vault.open(vault.seal(text, WHERE), WHERE)).isEqualTo(text);
    }

    @Test
    void nothingOfASecretShowsNorThatTwoAreTheSame() {
        Vault vault = new Vault(OLD);
        byte[] one = vault.seal("cal_live_secret", WHERE);
        assertThat(new String(one, StandardCharsets.ISO_8859_1)).doesNotContain("cal_live").doesNotContain("secret");
        assertThat(vault.seal("cal_live_secret", WHERE)).isNotEqualTo(one);
    }

    @Test
    void aSecretBelongsToItsPlace() {
        Vault vault = new Vault(OLD);
        byte[] sealed = vault.seal("cal_live_secret", WHERE);
        assertThatThrownBy(() -> vault.open(sealed, "company 8 calcom_api_key")).isInstanceOf(Vault.UnreadableSecret.class);
    }

    @Test
    void everyBitCounts() {
        Vault vault = new Vault(OLD);
        byte[] sealed = vault.seal("cal_live_secret", WHERE);
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> vault.open(changed, WHERE)).isInstanceOf(Vault.UnreadableSecret.class);
        }
        assertThatThrownBy(() -> vault.open(new byte[0], WHERE)).isInstanceOf(Vault.UnreadableSecret.class);
    }

    @Test
    void aMasterKeyIsRotated() {
        byte[] sealed = new Vault(OLD).seal("cal_live_secret", WHERE);
        Vault both = new Vault(NEW + ", " + OLD);
        assertThat(both.open(sealed, WHERE)).isEqualTo("cal_live_secret");
        assertThat(both.isOutdated(sealed)).isTrue();
        byte[] anew = both.seal(both.open(sealed, WHERE), WHERE);
        assertThat(both.isOutdated(anew)).isFalse();
        assertThat(new Vault(NEW).open(anew, WHERE)).isEqualTo("cal_live_secret");
        assertThatThrownBy(() -> new Vault(NEW).open(sealed, WHERE)).hasMessageContaining("CALCAMEL_MASTER_KEY");
    }

    @Test
    void aKeyThatCouldBeGuessedIsRefused() {
        assertThatThrownBy(() -> new Vault("secret")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("6 characters")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> new Vault(NEW + ",short")).isInstanceOf(IllegalArgumentException.class);
    }
}
