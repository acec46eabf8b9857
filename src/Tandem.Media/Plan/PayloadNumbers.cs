using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>
/// The payload types of one side's lines. A number that named a codec once names no other one later in the session (RFC 3264 §8.3.2), and in
/// one description no two formats share a number, over all lines of a bundle (RFC 9143 §9.1) or else in one line.
/// </summary>
internal sealed class PayloadNumbers
{
    private const int FirstDynamic = 96;
    private const int LastDynamic = 127;

    private readonly Dictionary<(int Line, int Type), SdpFormat> _history = [];
    private readonly HashSet<int> _used = [];

    /// <summary>Begins a line of a new description.</summary>
    /// <param name="isBundled">The line shares its numbers with those before it.</param>
    public void Begin(bool isBundled)
    {
        if (!isBundled)
            _used.Clear();
    }

    /// <summary>Begins a new description.</summary>
    public void Clear() => _used.Clear();

    /// <summary>What a description of the side itself says; it may number as it likes.</summary>
    public void Learn(int line, SdpFormat format)
    {
        if (format.PayloadType >= 0)
            _history[(line, format.PayloadType)] = format;
    }

    /// <summary>The number for <paramref name="format"/>, its own when that is free; -1 when none is left.</summary>
    /// <param name="line">The media line.</param>
    /// <param name="format">The format with the number that it would like.</param>
    /// <param name="avoid">Numbers that others will want; null for none.</param>
    public int Take(int line, SdpFormat format, HashSet<int>? avoid)
    {
        if (IsFree(line, format.PayloadType, format, avoid))
            return Keep(line, format.PayloadType, format);

        for (var type = FirstDynamic; type <= LastDynamic; type++)
        {
            if (_history.TryGetValue((line, type), out var before) && IsSame(before, format) && IsFree(line, type, format, avoid))
                return Keep(line, type, format);
        }

        for (var type = FirstDynamic; type <= LastDynamic; type++)
        {
            if (IsFree(line, type, format, avoid))
                return Keep(line, type, format);
        }

        return -1;
    }

    private bool IsFree(int line, int type, SdpFormat format, HashSet<int>? avoid) =>
        type is >= 0 and < 128
        && !_used.Contains(type)
        && avoid?.Contains(type) != true
        && (!_history.TryGetValue((line, type), out var before) || IsSame(before, format))
        && (type >= 35 || StaticFormats.NameOf(type) is not { } assigned || format.Is(assigned));

    private int Keep(int line, int type, SdpFormat format)
    {
        _used.Add(type);
        _history[(line, type)] = format;
        return type;
    }

    // The parameters may change from one description to the next.
    private static bool IsSame(SdpFormat one, SdpFormat other) =>
        one.Is(other.Name) && one.ClockRate == other.ClockRate && one.Channels == other.Channels;
}
