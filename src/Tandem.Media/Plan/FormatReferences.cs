using System.Globalization;
using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>Parameters and attributes that name other payload types of their line: <c>apt</c> of rtx (RFC 4588 §8.6), red (RFC 2198 §5), rtcp-fb.</summary>
internal static class FormatReferences
{
    private const string Associated = "apt=";

    /// <summary>The format with its references renamed.</summary>
    public static SdpFormat Renamed(SdpFormat format, IReadOnlyDictionary<int, int> renamed)
    {
        if (!format.Is("rtx"))
            return format;

        var parts = format.Parameters.Split(';');
        for (var i = 0; i < parts.Length; i++)
        {
            if (AssociatedType(parts[i]) is { } type && renamed.TryGetValue(type, out var other))
                parts[i] = Associated + other.ToString(CultureInfo.InvariantCulture);
        }

        return format with { Parameters = string.Join(';', parts) };
    }

    /// <summary>The payload type whose packets <paramref name="format"/> repeats; null for one that repeats nothing.</summary>
    public static int? Repeated(SdpFormat format)
    {
        if (!format.Is("rtx"))
            return null;

        foreach (var part in format.Parameters.Split(';'))
        {
            if (AssociatedType(part) is { } type)
                return type;
        }

        return null;
    }

    /// <summary>True when every payload type that the parameters of <c>red</c> name keeps its number.</summary>
    public static bool AreUnchanged(SdpFormat red, IReadOnlyDictionary<int, int> renamed)
    {
        foreach (var part in red.Parameters.Split('/'))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var type) || !renamed.TryGetValue(type, out var other) || other != type)
                return false;
        }

        return true;
    }

    /// <summary>
    /// An <c>a=rtcp-fb</c> value for another numbering; null when its format is not there, or when it speaks of the transport as a
    /// whole, which ends with us.
    /// </summary>
    public static string? Feedback(string attribute, IReadOnlyDictionary<int, int> renamed)
    {
        var space = attribute.IndexOf(' ', StringComparison.Ordinal);
        var colon = attribute.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || space < colon || attribute[space..].Trim().StartsWith("transport-cc", StringComparison.OrdinalIgnoreCase))
            return null;

        var target = attribute[(colon + 1)..space];
        if (target == "*")
            return attribute;

        return int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out var type) && renamed.TryGetValue(type, out var other)
            ? $"{attribute[..colon]}:{other.ToString(CultureInfo.InvariantCulture)}{attribute[space..]}"
            : null;
    }

    private static int? AssociatedType(string parameter)
    {
        var text = parameter.AsSpan().Trim();
        return text.StartsWith(Associated, StringComparison.OrdinalIgnoreCase)
            && int.TryParse(text[Associated.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var type)
            ? type
            : null;
    }
}
