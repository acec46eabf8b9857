using Tandem.Media.Playback.Prompts;
using Tandem.Media.Playback.Reading;

namespace Tandem.Media.Playback.Music;

/// <summary>
/// The pieces of a list, one behind the other and from the beginning again, all at one rate. The folder is looked at again at the end of each piece: what was added or removed meanwhile counts. A
/// piece that cannot be read is left out; a list without a readable one ends.
/// </summary>
internal sealed class ListReader : ISoundReader
{
    private readonly SoundFolder _folder;
    private readonly PlaybackOptions _options;
    private ISoundReader? _piece;
    private string _name = "";

    public ListReader(SoundFolder folder, PlaybackOptions options, int sampleRate)
    {
        _folder = folder;
        _options = options;
        SampleRate = sampleRate;
        Info = new SoundInfo("list", sampleRate, 1, null);
    }

    public SoundInfo Info { get; }

    public int SampleRate { get; }

    public int Read(Span<short> samples)
    {
        for (var tries = 0; tries <= _options.MaxMusicFiles + 1; tries++)
        {
            if (_piece is not null)
            {
                if (TryRead(samples) is > 0 and var count)
                    return count;

                _piece.Dispose();
                _piece = null;
            }

            if (!TryTurn())
                return 0;
        }

        return 0;
    }

    public void Seek(long sample)
    {
        // A list has one beginning, and nobody asks for another place.
        _piece?.Dispose();
        _piece = null;
        _name = "";
    }

    public void Dispose() => _piece?.Dispose();

    private int TryRead(Span<short> samples)
    {
        try
        {
            return _piece!.Read(samples);
        }
        catch (IOException)
        {
            // The disk lost this piece; the next one may be there.
            return 0;
        }
    }

    // The piece behind the last one; any readable one will do. False when the list is empty.
    private bool TryTurn()
    {
        var names = _folder.Names();
        if (names.Count == 0)
            return false;

        var at = 0;
        while (at < names.Count && string.CompareOrdinal(names[at], _name) <= 0)
            at++;
        _name = names[at % names.Count];
        if (_folder.PathOf(_name) is { } path && SoundFile.TryOpen(path, _options, out var reader, out _))
            _piece = RateReader.To(reader!, SampleRate);
        return true;
    }
}
