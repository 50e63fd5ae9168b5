package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

/** Metadata within Cal.com's limits. */
class BookingMetadataTest {

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    @Test
    void whatFitsIsSentAsTextWithTheStamp() {
        BookingMetadata metadata = BookingMetadata.of(object().put("crmLeadId", "L-7781").put("attempt", 1).put("vip", true).putNull("none"), "stamp-1");
        assertThat(metadata.sent()).containsExactly(entry("calcamel_intent", "stamp-1"), entry("crmLeadId", "L-7781"), entry("attempt", "1"), entry("vip", "true"));
        assertThat(metadata.cut()).isEmpty();
        assertThat(BookingMetadata.of(MissingNode.getInstance(), "stamp-1").sent()).containsOnlyKeys("calcamel_intent");
    }

    @Test
    void whatDoesNotFitIsCutAndNamed() {
        ObjectNode given = object().put("long", "x".repeat(501)).put("split", "x".repeat(499) + "🍵").put("k".repeat(41), "v").put("calcamel_intent", "forged").put("", "v");
        given.putObject("nested");
        given.putArray("list");
        BookingMetadata metadata = BookingMetadata.of(given.put("fits", "y".repeat(500)), "stamp-1");
        assertThat(metadata.sent()).containsExactly(entry("calcamel_intent", "stamp-1"), entry("long", "x".repeat(500)), entry("split", "x".repeat(499)),
                entry("fits", "y".repeat(500)));
        assertThat(metadata.cut()).containsExactly("long", "split", "k".repeat(41), "calcamel_intent", "", "nested", "list");
    }

    @Test
    void thereAreFiftyAtMostAndTheStampIsAmongThem() {
        ObjectNode given = object();
        for (int i = 1; i <= 51; i++) {
            given.put("key" + i, "v");
        }
        BookingMetadata metadata = BookingMetadata.of(given, "stamp-1");
        assertThat(metadata.sent()).hasSize(50).containsKeys("calcamel_intent", "key49");
        assertThat(metadata.cut()).containsExactly("key50", "key51");
    }
}
