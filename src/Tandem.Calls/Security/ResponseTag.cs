namespace Tandem.Calls.Security;

/// <summary>Makes the To tags of responses: at least 32 random bits (RFC 3261 §19.3).</summary>
internal static class ResponseTag
{
    /// <summary>Bytes of a tag; ten of 32 possible characters each make 50 bits.</summary>
    public const int Length = 10;

    private static readonly byte[] Characters = "abcdefghijkmnpqrstuvwxyz23456789"u8.ToArray();

    public static void Make(Random random, Span<byte> tag) => random.GetItems(Characters, tag);
}
