package io.calcamel.booking;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.Optional;

/** Phone numbers as Cal.com takes them: E.164 (ITU-T E.164), such as {@code +4930123456}. */
final class PhoneNumbers {

    private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();
    private static final String NO_REGION = "ZZ";

    private PhoneNumbers() {
    }

    /**
     * @param text a number with its country, as people write it: {@code +49 30 123456}, {@code 0049 (30) 123-456}
     * @return it in E.164; empty where it can be none. A number without its country could be anybody's
     */
    static Optional<String> e164(String text) {
        String international = text.strip().replaceFirst("^00", "+");
        try {
            PhoneNumber number = NUMBERS.parse(international, NO_REGION);
            return NUMBERS.isPossibleNumber(number) ? Optional.of(NUMBERS.format(number, PhoneNumberFormat.E164)) : Optional.empty();
        } catch (NumberParseException e) {
            return Optional.empty();
        }
    }
}
