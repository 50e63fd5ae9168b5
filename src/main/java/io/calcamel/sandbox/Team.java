package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A team and its members, the first of whom owns it. Only the hosted edition has teams. */
final class Team {

    final int id;
    String name;
    String slug;
    final List<Integer> memberIds = new ArrayList<>();

    Team(int id, String name, String slug) {
        this.id = id;
        this.name = name;
        this.slug = slug;
    }

    ObjectNode view(String webUrl) {
        return Json.object("id", id, "name", name, "slug", slug, "logoUrl", null, "calVideoLogo", null, "appLogo", null, "appIconLogo", null,
                "bio", "", "hideBranding", false, "isOrganization", false, "isPrivate", false, "hideBookATeamMember", false,
                "metadata", Json.object(), "theme", null, "brandColor", null, "darkBrandColor", null, "bannerUrl", null,
                "timeFormat", null, "timeZone", "Europe/Berlin", "weekStart", "Monday", "bookingUrl", webUrl + "/team/" + slug);
    }
}
