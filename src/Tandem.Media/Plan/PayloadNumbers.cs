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

    private readonly Dictionary<(int Line, int Type), string> _history = [];
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
            _history[(line, format.PayloadType)] = NameOf(format);
    }

    /// <summary>The number for <paramref name="format"/>, its own when that is free; -1 when none is left.</summary>
    /// <param name="line">The media line.</param>
    /// <param name="format">The format with the number that it would like.</param>
    /// <param name="avoid">Numbers that others will want; null for none.</param>
    public int Take(int line, SdpFormat format, HashSet<int>? avoid)
    {
        var name = NameOf(format);
        if (IsFree(line, format.PayloadType, name, avoid))
            return Keep(line, format.PayloadType, name);

        for (var type = FirstDynamic; type <= LastDynamic; type++)
        {
            if (_history.TryGetValue((line, type), out var before) && before == name && IsFree(line, type, name, avoid))
                return Keep(line, type, name);
        }

        for (var type = FirstDynamic; type <= LastDynamic; type++)
        {
            if (IsFree(line, type, name, avoid))
                return Keep(line, type, name);
        }

        return -1;
    }

    private bool IsFree(int line, int type, string name, HashSet<int>? avoid) =>
        type is >= 0 and < 128
        && !_used.Contains(type)
        && avoid?.Contains(type) != true
        && (!_history.TryGetValue((line, type), out var before) || before == name)
        && (type >= 35 || StaticFormats.Of("", type).Name.Length == 0 || StaticFormats.Of("", type).Is(name[..name.IndexOf('/', StringComparison.Ordinal)]));

    private int Keep(int line, int type, string name)
    {
        _used.Add(type);
        _history[(line, type)] = name;
        return type;
    }

    private static string NameOf(SdpFormat format) => $"{format.Name.ToUpperInvariant()}/{format.ClockRate}/{format.Channels}";
}
