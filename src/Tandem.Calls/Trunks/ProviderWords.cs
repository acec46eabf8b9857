using System.Text;
using Tandem.Sip.Authentication;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Trunks;

/// <summary>What a provider's answer means, for people; and its own words, made harmless.</summary>
internal static class ProviderWords
{
    private const int Longest = 200;

    /// <summary>The status of a REGISTER in plain words.</summary>
    public static string Of(int status) => status switch
    {
        >= 200 and < 300 => "The provider has our registration",
        >= 300 and < 400 => "The provider sends us somewhere else, again and again",
        400 => "The provider does not understand the request",
        401 or 407 => "The provider does not accept user name and password",
        402 => "The provider wants to be paid first",
        403 => "The provider forbids it: wrong password, a blocked account, or an address that it does not know",
        404 => "The provider does not know this user or domain",
        405 or 501 => "The provider takes no registrations at this address",
        408 => "The provider does not answer",
        416 => "The provider does not know this domain",
        420 => "The provider lacks an extension of SIP that was asked for",
        423 => "The provider wants a longer expiry than we may ask for",
        430 or 439 => "A proxy on the way cannot keep the connection",
        480 => "The provider is not ready",
        >= 400 and < 500 => "The provider refuses the registration",
        500 => "The provider has a fault",
        503 => "The provider is overloaded or being maintained",
        504 => "The provider does not reach its own servers",
        >= 500 and < 600 => "The provider has a fault",
        _ => "The provider refuses the registration for good",
    };

    /// <summary>Why a challenge was not answered.</summary>
    public static string Of(DigestClientOutcome outcome) => outcome switch
    {
        DigestClientOutcome.ForeignHost => "A host that is not the provider's asked for the password: it did not get it",
        DigestClientOutcome.ForeignRealm => "The provider asked for the password of another realm than before: it did not get it",
        DigestClientOutcome.Unsupported => "The provider asks for the password in a way that we do not speak (MD5 and SHA-256 are spoken; PROFILE_ALLOW_NO_QOP lets those without qop)",
        DigestClientOutcome.TooManyTries => "The provider asks for the password again and again",
        DigestClientOutcome.NoChallenge => "The provider asks for a password without saying how",
        _ => Of(401),
    };

    /// <summary>
    /// The provider's own words: the reason phrase, and the text of a Warning (RFC 3261 §20.43), up to 200 characters of each, without control characters, and without the
    /// password or what proves it, which a provider may repeat.
    /// </summary>
    public static string Quote(SipMessage? response, SipProfile profile)
    {
        if (response is null)
            return "";

        var text = Phrase(response, profile, Longest);
        return response.TryGetHeader(HeaderName.Warning, out var warning) ? Join(text, Safe(warning, profile, Longest)) : text;
    }

    /// <summary>The reason phrase alone, made harmless in the same way.</summary>
    public static string Phrase(SipMessage response, SipProfile profile, int longest) => Safe(response.ReasonPhrase, profile, longest);

    /// <summary>True when words hold the password or what proves it, as they stand or with the escapes of a quoted string resolved (RFC 3261 §25.1).</summary>
    public static bool Repeats(ReadOnlySpan<byte> words, SipProfile profile) =>
        Repeats(Encoding.UTF8.GetString(words), profile) || (words.Contains((byte)'\\') && Repeats(SipText.Unquote(words), profile));

    private static bool Repeats(string words, SipProfile profile)
    {
        var text = Clean(words);
        return CredentialEcho.Remove(text, profile) != text;
    }

    private static string Join(string reason, string warning) => reason.Length == 0 ? warning : $"{reason} ({warning})";

    // Cut at last: the first part of a password is a secret too.
    private static string Safe(ReadOnlySpan<byte> words, SipProfile profile, int longest)
    {
        var text = CredentialEcho.Remove(Clean(Encoding.UTF8.GetString(words)), profile);
        return text.Length <= longest ? text : text[..longest];
    }

    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsControl(c) && c != '\uFFFD')
                clean.Append(c);
        }

        return clean.ToString().Trim();
    }
}
