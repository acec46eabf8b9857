namespace Tandem.Media.Srtp;

/// <summary>
/// Which indices were seen, up to a number of them behind the highest (RFC 3711 §3.3.2): a ring of bits that is moved by clearing
/// whole words, never by shifting. Works on words that somebody else keeps.
/// </summary>
internal static class ReplayWindow
{
    private const int BitsPerWord = 64;

    /// <summary>Words for a window of <paramref name="packets"/>: one more than they fill, as the newest word is filled only in part.</summary>
    public static int WordsFor(int packets) => (packets / BitsPerWord) + 1;

    /// <summary>Accepted, Replayed or TooOld.</summary>
    /// <param name="words">The ring.</param>
    /// <param name="highest">The highest index that was seen.</param>
    /// <param name="index">The index in question.</param>
    public static SrtpVerdict Check(ReadOnlySpan<ulong> words, ulong highest, ulong index)
    {
        if (index > highest)
            return SrtpVerdict.Accepted;
        if (highest - index >= (ulong)((words.Length - 1) * BitsPerWord))
            return SrtpVerdict.TooOld;
        return (words[(int)(index / BitsPerWord % (ulong)words.Length)] & (1UL << (int)(index % BitsPerWord))) != 0
            ? SrtpVerdict.Replayed
            : SrtpVerdict.Accepted;
    }

    /// <summary>Marks an index that <see cref="Check"/> accepted; returns the highest index.</summary>
    public static ulong Mark(Span<ulong> words, ulong highest, ulong index)
    {
        if (index > highest)
        {
            var behind = highest / BitsPerWord;
            var steps = Math.Min((index / BitsPerWord) - behind, (ulong)words.Length);
            for (ulong step = 1; step <= steps; step++)
                words[(int)((behind + step) % (ulong)words.Length)] = 0;
            highest = index;
        }

        words[(int)(index / BitsPerWord % (ulong)words.Length)] |= 1UL << (int)(index % BitsPerWord);
        return highest;
    }

    /// <summary>Starts a window at its first index.</summary>
    public static void Start(Span<ulong> words, ulong index)
    {
        words.Clear();
        words[(int)(index / BitsPerWord % (ulong)words.Length)] = 1UL << (int)(index % BitsPerWord);
    }
}
