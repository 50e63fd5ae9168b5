package io.calcamel.sandbox;

/** The languages that an attendee may have. */
final class Languages {

    static final String[] ALL = {"ar", "ca", "de", "es", "eu", "he", "id", "ja", "lv", "pl", "ro", "sr", "th", "vi", "az", "cs", "el", "es-419",
        "fi", "hr", "it", "km", "nl", "pt", "ru", "sv", "tr", "zh-CN", "bg", "da", "en", "et", "fr", "hu", "iw", "ko", "no", "pt-BR", "sk", "ta",
        "uk", "zh-TW", "bn"};

    private Languages() {
    }
}
