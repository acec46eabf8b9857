namespace Tandem.Media.Sdp;

/// <summary>The payload types that RFC 3551 §6, tables 4 and 5, assigns for good.</summary>
internal static class StaticFormats
{
    // G.722 counts at 8000 though it samples at 16000.
    private static readonly Dictionary<int, (string Name, int Clock, int Channels)> Table = new()
    {
        [0] = ("PCMU", 8000, 1),
        [3] = ("GSM", 8000, 1),
        [4] = ("G723", 8000, 1),
        [5] = ("DVI4", 8000, 1),
        [6] = ("DVI4", 16000, 1),
        [7] = ("LPC", 8000, 1),
        [8] = ("PCMA", 8000, 1),
        [9] = ("G722", 8000, 1),
        [10] = ("L16", 44100, 2),
        [11] = ("L16", 44100, 1),
        [12] = ("QCELP", 8000, 1),
        [13] = ("CN", 8000, 1),
        [14] = ("MPA", 90000, 1),
        [15] = ("G728", 8000, 1),
        [16] = ("DVI4", 11025, 1),
        [17] = ("DVI4", 22050, 1),
        [18] = ("G729", 8000, 1),
        [25] = ("CelB", 90000, 1),
        [26] = ("JPEG", 90000, 1),
        [28] = ("nv", 90000, 1),
        [31] = ("H261", 90000, 1),
        [32] = ("MPV", 90000, 1),
        [33] = ("MP2T", 90000, 1),
        [34] = ("H263", 90000, 1),
    };

    /// <summary>The format under <paramref name="payloadType"/>; without a name when the type is not assigned.</summary>
    public static SdpFormat Of(string token, int payloadType) =>
        Table.TryGetValue(payloadType, out var entry)
            ? new SdpFormat(token, payloadType, entry.Name, entry.Clock, entry.Channels, "")
            : new SdpFormat(token, payloadType, "", 0, 1, "");

    /// <summary>The encoding that <paramref name="payloadType"/> is for; null when the type is not assigned.</summary>
    public static string? NameOf(int payloadType) => Table.TryGetValue(payloadType, out var entry) ? entry.Name : null;

    /// <summary>True when an m= line may name it without rtpmap and every phone knows what it is.</summary>
    public static bool IsAssigned(int payloadType, string name) =>
        Table.TryGetValue(payloadType, out var entry) && entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
