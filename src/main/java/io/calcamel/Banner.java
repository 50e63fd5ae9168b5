package io.calcamel;

import io.calcamel.webhook.SignatureCheck;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;

/** What is said when the hub is ready: what runs where, and what to try next. */
final class Banner {

    private Banner() {
    }

    static String of(Hub hub) {
        Settings settings = hub.settings();
        boolean isTls = Boolean.parseBoolean(hub.context().resolvePropertyPlaceholders("{{http.tls.enabled}}"));
        String url = (isTls ? "https" : "http") + "://localhost:" + hub.httpPort();
        String exposure = settings.profile() == Profile.DEV
                ? "dev: reached from this machine only, routes are reloaded on save" : "prod";
        String facts = """

                CalCamel is ready.

                  Webhooks   %s/webhooks/calcom
                  API        %s/api
                  Health     http://localhost:%d/observe/health
                  Database   %s
                  Cal.com    %s
                  Profile    %s
                """.formatted(url, url, settings.managementPort(), (hub.database().isThere() ? "" : "AWAY; webhooks of the default company are taken in and kept until it is there: ") + hub.database().description(), hub.calcom(), exposure);
        if (settings.hasDemoSecret() && settings.hasDemoToken()) {
            return facts + demo(url);
        }
        return settings.hasDemoToken() ? facts + "  Token      the demo token \"" + Settings.DEMO_TOKEN + "\" for /api\n" : facts;
    }

    /** Only with the demo secret: another one's signature is nobody's to read. */
    private static String demo(String url) {
        String body = """
                {"triggerEvent":"BOOKING_CREATED","createdAt":"%s","payload":{"uid":"demo-booking","bookingId":1,\
                "title":"First visit","startTime":"%sT10:00:00Z","endTime":"%sT10:30:00Z","status":"ACCEPTED",\
                "attendees":[{"name":"Ada Example","email":"ada@example.com","timeZone":"Europe/Berlin","language":{"locale":"de"}}]}}"""
                .formatted(Instant.now(), tomorrow(), tomorrow());
        return """
                  Company    default, with the demo secret "%s" and the demo tokens "%s" and "%s" (administration)

                Try it: send a signed webhook, see the appointment, see the inbox.

                  curl -X POST %s/webhooks/calcom -H 'X-Cal-Signature-256: %s' -d '%s'

                  curl -H 'Authorization: Bearer %s' %s/api/appointments/demo-booking

                  curl -H 'Authorization: Bearer %s' %s/api/deliveries

                When can be booked, in the sandbox that stands in for Cal.com?

                  curl -H 'Authorization: Bearer %s' '%s/api/availability?eventTypeId=2026361&start=%s&end=%s&timeZone=Europe/Berlin'
                """.formatted(Settings.DEMO_SECRET, Settings.DEMO_TOKEN, Settings.DEMO_ADMIN_TOKEN, url, HexFormat.of().formatHex(SignatureCheck.hmac(Settings.DEMO_SECRET.getBytes(StandardCharsets.UTF_8), body.getBytes(StandardCharsets.UTF_8))), body, Settings.DEMO_TOKEN, url,
                Settings.DEMO_TOKEN, url, Settings.DEMO_TOKEN, url, tomorrow(), tomorrow().plusDays(6));
    }

    private static LocalDate tomorrow() {
        return LocalDate.now(ZoneOffset.UTC).plusDays(1);
    }
}
