package io.calcamel.calcom;

/**
 * A team of Cal.com ({@code GET /v2/teams}).
 *
 * @param id   Cal.com's id
 * @param slug its name in addresses; null where it has none
 * @param name its name
 */
public record Team(long id, String slug, String name) {
}
