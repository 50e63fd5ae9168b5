package io.calcamel.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The command line with a real hub, whose schedule looks for companies too, and the sandbox as Cal.com. */
class CompanyEndToEndTest {

    @RegisterExtension
    static final SandboxExtension JOINED = new SandboxExtension().with("event-types.sync.at-start", "true").with("event-types.sync.look-every", "50ms");

    private static final String KEY = "cal_eu_end-to-end";

    private static String said(int exitCode, String input, String... args) {
        FakeTerminal terminal = new FakeTerminal().with("CALCAMEL_URL", JOINED.hub().uri("").toString()).withInput(input.getBytes(UTF_8));
        assertThat(terminal.execute(args)).as(terminal.out() + terminal.err()).isEqualTo(exitCode);
        return terminal.out() + terminal.err();
    }

    private static String say(String... args) {
        return said(0, "", args);
    }

    @Test
    void deliveriesAreListedAndReplayed() {
        JOINED.hub().deliver(Deliveries.created("end-to-end", 1).toString());
        JOINED.hub().deliver(Deliveries.with(Deliveries.created("end-to-end-poison", 1), payload -> payload.put("startTime", "half past nine")).toString());
        await().until(() -> JOINED.hub().count("pending") == 0);
        Matcher applied = Pattern.compile("(?m)^([0-9]+) .* end-to-end ").matcher(sayOfCompany(0, "deliveries", "list", "--trigger", "BOOKING_CREATED"));
        assertThat(applied.find()).isTrue();
        assertThat(sayOfCompany(0, "deliveries", "replay", applied.group(1))).contains("applied");
        assertThat(sayOfCompany(0, "deliveries", "replay", "--status", "applied", "--dry-run")).contains("(dry run)");
        assertThat(sayOfCompany(1, "deliveries", "replay", "--from", "2026-01-01")).contains("matching  2", "replayed  2", "failed    1");
        assertThat(sayOfCompany(1, "deliveries", "replay", "999999")).contains("There is no delivery of this id");
    }

    private static String sayOfCompany(int exitCode, String... args) {
        FakeTerminal terminal = new FakeTerminal().with("CALCAMEL_URL", JOINED.hub().uri("").toString()).with("CALCAMEL_API_TOKEN", HubExtension.TOKEN);
        assertThat(terminal.execute(args)).as(terminal.out() + terminal.err()).isEqualTo(exitCode);
        return terminal.out() + terminal.err();
    }

    @Test
    void aCompanyFromItsFirstDayToANewSecret() {
        assertThat(said(0, KEY + "\n", "company", "connect", "--slug", "mine", "--api-key", "-")).contains("company       created", "subscription  created", "13 seen")
                .doesNotContain(KEY);
        assertThat(say("company", "connect", "--slug", "mine")).contains("company       unchanged", "subscription  unchanged");
        assertThat(say("company", "doctor", "mine")).contains("key           ok");
        assertThat(say("company", "list")).contains("default", "mine");
        assertThat(say("company", "update", "mine", "--name", "Meine", "--time-zone", "Europe/Berlin")).contains("Meine", "Europe/Berlin");
        assertThat(say("company", "update", "mine", "--without", "time-zone")).doesNotContain("Europe/Berlin");
        assertThat(say("sync-event-types", "--company", "mine")).contains("status       complete", "unchanged    13");
        assertThat(say("token", "create", "--name", "phone", "--company", "mine")).contains("calcamel_", "of company mine");

        assertThat(say("company", "rotate-secret", "mine")).contains("subscription  changed");
        Matcher secrets = Pattern.compile("(?m)^secret +([0-9a-f]+)").matcher(say("company", "show", "mine"));
        assertThat(secrets.find() && secrets.find()).isTrue();
        assertThat(say("company", "retire-secret", "mine", secrets.group(1))).doesNotContain(secrets.group(1));
        assertThat(said(1, "", "company", "retire-secret", "mine", secrets.group(1))).contains("no webhook secret of this fingerprint");

        said(0, "cal_expired_key\n", "company", "update", "mine", "--api-key", "-");
        assertThat(said(1, "", "company", "doctor", "--all")).contains("Company default", "Company mine", "refuses the key.");
        assertThat(said(1, "cal_invalid_key\n", "company", "connect", "--slug", "nobody", "--api-key", "-")).contains("Cal.com refuses the API key");
        assertThat(said(1, "", "company", "show", "nobody")).contains("There is no company");
    }
}
