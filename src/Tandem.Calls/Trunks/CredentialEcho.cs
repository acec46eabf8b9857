using System.Text;
using System.Text.RegularExpressions;

namespace Tandem.Calls.Trunks;

/// <summary>
/// Takes out of a provider's words what proves a password, should they repeat what we have sent: parameters of Digest (RFC 3261 §25.1: <c>response</c>, <c>cnonce</c>,
/// <c>rspauth</c>), anything as long as a hash, the token of other schemes, and the password itself, plain, in Base64 or percent-encoded.
/// </summary>
internal static partial class CredentialEcho
{
    private const string LeftOut = "…";

    // A shorter password is a part of words: where it stands in a text, the whole text goes.
    private const int ShortPassword = 4;

    /// <summary>The text without them. It has no control characters any more, or they would split what is looked for.</summary>
    /// <param name="text">What the provider said.</param>
    /// <param name="profile">Whose password it may be.</param>
    public static string Remove(string text, SipProfile profile)
    {
        if (text.Length == 0)
            return text;

        var password = profile.Password.Reveal();
        if (password.Length > 0)
        {
            foreach (var form in (string[])[password, Uri.EscapeDataString(password), Base64($"{profile.DigestUser}:{password}"), Base64(password)])
            {
                if (!text.Contains(form, StringComparison.OrdinalIgnoreCase))
                    continue;
                if (form.Length < ShortPassword)
                    return LeftOut;

                text = text.Replace(form, LeftOut, StringComparison.OrdinalIgnoreCase);
            }
        }

        text = Parameters().Replace(text, "$1" + LeftOut);
        text = Schemes().Replace(text, "$1 " + LeftOut);
        return Hashes().Replace(text, LeftOut);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    // Quoted or not, whole or cut off, with any space around the equals sign, and as a name of JSON.
    [GeneratedRegex("""\b((?:response|rspauth|cnonce)["']?\s*[=:]\s*)(?:\\?["'][^"'\\]*(?:\\?["'])?|[^\s,;"']+)""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Parameters();

    [GeneratedRegex("""\b(Basic|Bearer)\s+[A-Za-z0-9+/=_.~-]+""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Schemes();

    [GeneratedRegex("[0-9A-Fa-f]{24,}", RegexOptions.NonBacktracking)]
    private static partial Regex Hashes();
}
