using System.Collections;
using Tandem.Calls.Ports;

namespace Tandem.Storage.Extensions;

/// <summary>The extensions of a tenant at one moment, shorter numbers first and equally long ones in their order. It does not change.</summary>
public sealed class ExtensionList : IReadOnlyList<Extension>
{
    private readonly Extension[] _extensions;

    internal ExtensionList(IEnumerable<Extension> extensions)
    {
        _extensions = [.. extensions];
        Array.Sort(_extensions, static (a, b) => Compare(a.Number, b.Number));
    }

    /// <summary>No extensions.</summary>
    public static ExtensionList Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _extensions.Length;

    /// <inheritdoc/>
    public Extension this[int index] => _extensions[index];

    /// <summary>Those behind a number, which need not be there; null for the first ones.</summary>
    /// <param name="number">Where the page before ended.</param>
    /// <param name="limit">How many at most.</param>
    public ReadOnlySpan<Extension> After(string? number, int limit)
    {
        var (from, to) = (0, number is null ? 0 : _extensions.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (Compare(_extensions[middle].Number, number!) <= 0)
                from = middle + 1;
            else
                to = middle;
        }

        return _extensions.AsSpan(from, Math.Min(limit, _extensions.Length - from));
    }

    /// <inheritdoc/>
    public IEnumerator<Extension> GetEnumerator() => ((IEnumerable<Extension>)_extensions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static int Compare(string a, string b) => a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);
}
