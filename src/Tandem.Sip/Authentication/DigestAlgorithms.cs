namespace Tandem.Sip.Authentication;

/// <summary>
/// The algorithms of a challenge, most preferred first (RFC 8760 §2.3). There are only four such lists, and each exists
/// once: lists are compared by reference and parsing allocates none.
/// </summary>
public sealed class DigestAlgorithms
{
    /// <summary>MD5 alone.</summary>
    public static readonly DigestAlgorithms Md5 = new(DigestAlgorithm.Md5);

    /// <summary>SHA-256 alone: clients that know only MD5 cannot log in.</summary>
    public static readonly DigestAlgorithms Sha256 = new(DigestAlgorithm.Sha256);

    /// <summary>MD5, then SHA-256.</summary>
    public static readonly DigestAlgorithms Md5ThenSha256 = new(DigestAlgorithm.Md5, DigestAlgorithm.Sha256);

    /// <summary>SHA-256, then MD5.</summary>
    public static readonly DigestAlgorithms Sha256ThenMd5 = new(DigestAlgorithm.Sha256, DigestAlgorithm.Md5);

    private readonly DigestAlgorithm[] _order;

    private DigestAlgorithms(params DigestAlgorithm[] order) => _order = order;

    /// <summary>The algorithms, most preferred first.</summary>
    public ReadOnlySpan<DigestAlgorithm> Order => _order;

    /// <summary>True when the list has this algorithm.</summary>
    public bool Contains(DigestAlgorithm algorithm) => _order[0] == algorithm || (_order.Length > 1 && _order[1] == algorithm);

    /// <summary>
    /// Reads names separated by commas, any case, for example <c>MD5,SHA-256</c>. False for an empty list, an unknown
    /// name or one that stands twice.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DigestAlgorithms algorithms)
    {
        algorithms = Md5ThenSha256;
        var comma = text.IndexOf(',');
        if (!TryParseName(comma < 0 ? text : text[..comma], out var first))
            return false;

        if (comma < 0)
        {
            algorithms = first == DigestAlgorithm.Md5 ? Md5 : Sha256;
            return true;
        }

        if (!TryParseName(text[(comma + 1)..], out var second) || second == first)
            return false;

        algorithms = first == DigestAlgorithm.Md5 ? Md5ThenSha256 : Sha256ThenMd5;
        return true;
    }

    /// <summary>The names in the order of preference, as <see cref="TryParse"/> reads them.</summary>
    public override string ToString() => string.Join(',', Array.ConvertAll(_order, NameOf));

    /// <summary>The name in the <c>algorithm</c> parameter.</summary>
    internal static ReadOnlySpan<byte> Token(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Md5 ? "MD5"u8 : "SHA-256"u8;

    private static string NameOf(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Md5 ? "MD5" : "SHA-256";

    private static bool TryParseName(ReadOnlySpan<char> name, out DigestAlgorithm algorithm)
    {
        name = name.Trim();
        algorithm = DigestAlgorithm.Md5;
        if (name.Equals("MD5", StringComparison.OrdinalIgnoreCase))
            return true;

        algorithm = DigestAlgorithm.Sha256;
        return name.Equals("SHA-256", StringComparison.OrdinalIgnoreCase);
    }
}
