using Tandem.Media.Srtp;
using Tandem.Sip.Authentication;

namespace Tandem.Server.Rest;

/// <summary>What the properties of an extension may be, for the API and the command line. <c>default</c> or an empty text is the installation's.</summary>
internal static class ExtensionRules
{
    public const string AlgorithmsAccepted = "MD5, SHA-256, both separated by a comma, or default";
    public const string SrtpAccepted = "never, offered, required, dtls, or default";
    public const string CodecsAccepted = "SDP names separated by commas (opus, G722, PCMU, PCMA, G729, GSM, L16), or default";
    public const int LongestDisplayName = 100;

    private const string Default = "default";
    private const int LongestCodecs = 200;

    /// <summary>The text to store; null when it is not accepted.</summary>
    public static string? ReadAlgorithms(string text)
    {
        if (IsDefault(text))
            return "";

        return DigestAlgorithms.TryParse(text, out var parsed) ? parsed.ToString() : null;
    }

    /// <inheritdoc cref="ReadAlgorithms"/>
    public static string? ReadSrtp(string text)
    {
        if (IsDefault(text))
            return "";

        return !char.IsAsciiDigit(text[0]) && text[0] != '-' && Enum.TryParse<SrtpPolicy>(text, ignoreCase: true, out var policy) && Enum.IsDefined(policy)
            ? policy.ToString().ToLowerInvariant()
            : null;
    }

    /// <inheritdoc cref="ReadAlgorithms"/>
    public static string? ReadCodecs(string text)
    {
        if (IsDefault(text))
            return "";

        var list = text.Replace(" ", "", StringComparison.Ordinal);
        return list.Length <= LongestCodecs && list.Split(',').All(IsName) ? list : null;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 20 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '/');

    private static bool IsDefault(string text) => text.Length == 0 || text.Equals(Default, StringComparison.OrdinalIgnoreCase);
}
