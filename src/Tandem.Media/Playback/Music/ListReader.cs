using Tandem.Media.Playback.Prompts;
using Tandem.Media.Playback.Reading;

namespace Tandem.Media.Playback.Music;

/// <summary>
/// The pieces of a list, one behind the other and from the beginning again, all at one rate. The folder is looked at again at the end of each piece: what was added or removed meanwhile counts. A
/// piece that cannot be read is left out; a list without a readable one ends.
/// <para>Pieces of one rate are one sound: their rate is changed across the seam, so that music which goes on in the next file, or in the same one from its beginning, goes on here.</para>
/// </summary>
internal sealed class ListReader : ISoundReader
{
    private readonly PieceReader _pieces;
    private ISoundReader? _sound;

    /// <param name="folder">Where they are.</param>
    /// <param name="options">Limits.</param>
    /// <param name="sampleRate">Hertz of all.</param>
    /// <param name="open">Opens the file of a path as it is, null when it cannot be read; null for the system.</param>
    public ListReader(SoundFolder folder, PlaybackOptions options, int sampleRate, Func<string, ISoundReader?>? open = null)
    {
        _pieces = new PieceReader(folder, open ?? (path => SoundFile.TryOpenAsItIs(path, options, out var piece, out _) ? piece : null));
        SampleRate = sampleRate;
        Info = new SoundInfo("list", sampleRate, 1, null);
    }

    public SoundInfo Info { get; }

    public int SampleRate { get; }

    public int Read(Span<short> samples)
    {
        // Each turn gives samples or uses up a piece: there are no more turns than pieces.
        _pieces.TryAllAgain();
        while (!samples.IsEmpty)
        {
            if (_sound?.Read(samples) is > 0 and var count)
                return count;

            // The next piece has another rate.
            _sound = null;
            if (!_pieces.TryBegin())
                return 0;

            _sound = RateReader.To(_pieces, SampleRate);
        }

        return 0;
    }

    public void Seek(long sample)
    {
        // A list has one beginning, and nobody asks for another place.
        _pieces.Seek(0);
        _sound = null;
    }

    public void Dispose() => _pieces.Dispose();
}
