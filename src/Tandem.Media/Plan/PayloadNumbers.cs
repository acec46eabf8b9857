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

    private Dictionary<(int Line, int Type), SdpFormat>? _history;
    private UInt128 _used;

    /// <summary>Begins a line of a new description.</summary>
    /// <param name="isBundled">The line shares its numbers with those before it.</param>
    public void Begin(bool isBundled)
    {
        if (!isBundled)
            _used = 0;
    }

    /// <summary>Begins a new description.</summary>
    public void Clear() => _used = 0;

    /// <summary>What a description of the side itself says; it may number as it likes.</summary>
    public void Learn(int line, SdpFormat format)
    {
        if (format.PayloadType >= 0)
            (_history ??= [])[(line, format.PayloadType)] = format;
    }

    /// <summary>The number for <paramref name="format"/>, its own when that is free; -1 when none is left.</summary>
    /// <param name="line">The media line.</param>
    /// <param name="format">The format with the number that it would like.</param>
    /// <param name="avoid">Numbers that others will want, a bit for each.</param>
    public int Take(int line, SdpFormat format, UInt128 avoid)
    {
        if (IsFree(line, format.PayloadType, format, avoid))
            return Keep(line, format.PayloadType, format);

        for (var type = FirstDynamic; type <= LastDynamic; type++)
        {
            if (Before(line, type) is { } before && IsSame(before, format) && IsFree(line, type, format, avoid))
                return Keep(line, type, format);
        }

        for (var type = FirstDynamic; type <= LastDynamic; type++)
        {
            if (IsFree(line, type, format, avoid))
                return Keep(line, type, format);
        }

        return -1;
    }

    private bool IsFree(int line, int type, SdpFormat format, UInt128 avoid) =>
        type is >= 0 and < 128
        && ((_used | avoid) & Bit(type)) == 0
        && (Before(line, type) is not { } before || IsSame(before, format))
        && (type >= 35 || StaticFormats.NameOf(type) is not { } assigned || format.Is(assigned));

    private int Keep(int line, int type, SdpFormat format)
    {
        _used |= Bit(type);
        (_history ??= [])[(line, type)] = format;
        return type;
    }

    /// <summary>The bit of a payload type in a set of them; none for a number outside 0 to 127.</summary>
    public static UInt128 Bit(int type) => type is >= 0 and < 128 ? UInt128.One << type : 0;

    private SdpFormat? Before(int line, int type) => _history?.GetValueOrDefault((line, type));

    // The parameters may change from one description to the next.
    private static bool IsSame(SdpFormat one, SdpFormat other) =>
        one.Is(other.Name) && one.ClockRate == other.ClockRate && one.Channels == other.Channels;
}
