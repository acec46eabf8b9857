namespace Tandem.Media.Dtmf;

/// <summary>The digits of DTMF: their event codes (RFC 4733 §3.2) and their two tones (ITU-T Q.23).</summary>
public static class DtmfDigits
{
    /// <summary>The flash of a hook, event 16 (RFC 5244 §2.3), as a character.</summary>
    public const char Flash = '!';

    /// <summary>The event code of <see cref="Flash"/>.</summary>
    public const int FlashCode = 16;

    private const string ByCode = "0123456789*#ABCD";
    private const string ByTones = "123A456B789C*0#D";

    /// <summary>Hertz of the four low tones.</summary>
    public static ReadOnlySpan<int> Low => [697, 770, 852, 941];

    /// <summary>Hertz of the four high tones.</summary>
    public static ReadOnlySpan<int> High => [1209, 1336, 1477, 1633];

    /// <summary>The event code of <paramref name="digit"/>, in any case: 0 to 15, 16 for the flash; -1 when it is none.</summary>
    public static int CodeOf(char digit) => digit switch
    {
        >= '0' and <= '9' => digit - '0',
        '*' => 10,
        '#' => 11,
        >= 'A' and <= 'D' => digit - 'A' + 12,
        >= 'a' and <= 'd' => digit - 'a' + 12,
        Flash => FlashCode,
        _ => -1,
    };

    /// <summary>The digit of an event code; false for codes that are none.</summary>
    public static bool TryFromCode(int code, out char digit)
    {
        digit = code is >= 0 and < 16 ? ByCode[code] : Flash;
        return code is >= 0 and <= FlashCode;
    }

    /// <summary>The two tones of <paramref name="digit"/>; false for the flash and for what is no digit.</summary>
    public static bool TryTones(char digit, out int low, out int high)
    {
        low = high = 0;
        var code = CodeOf(digit);
        if (code is < 0 or >= 16)
            return false;

        var at = ByTones.IndexOf(ByCode[code], StringComparison.Ordinal);
        low = Low[at / 4];
        high = High[at % 4];
        return true;
    }

    /// <summary>The digit of low tone <paramref name="row"/> and high tone <paramref name="column"/>, both 0 to 3.</summary>
    public static char FromTones(int row, int column) => ByTones[(row * 4) + column];
}
