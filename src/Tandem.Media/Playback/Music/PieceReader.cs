using Tandem.Media.Playback.Prompts;
using Tandem.Media.Playback.Reading;

namespace Tandem.Media.Playback.Music;

/// <summary>The pieces of a list as they are: from one to the next until the rate changes, which is an end; <see cref="TryBegin"/> goes on then.</summary>
internal sealed class PieceReader(SoundFolder folder, PlaybackOptions options) : ISoundReader
{
    private ISoundReader? _piece;
    private string _name = "";

    public SoundInfo Info => new("list", SampleRate, 1, null);

    /// <summary>That of the piece that is read.</summary>
    public int SampleRate { get; private set; }

    /// <summary>Goes on with the piece that comes next, at its rate; false when there is none that can be read.</summary>
    public bool TryBegin()
    {
        if (_piece is null && !TryTurn())
            return false;

        SampleRate = _piece!.SampleRate;
        return true;
    }

    public int Read(Span<short> samples)
    {
        // A piece may be empty, or the disk may have lost it.
        for (var tries = 0; tries <= options.MaxMusicFiles + 1; tries++)
        {
            if (_piece is null && !TryTurn())
                return 0;
            if (_piece!.SampleRate != SampleRate)
                return 0;
            if (TryRead(samples) is > 0 and var count)
                return count;

            Close();
        }

        return 0;
    }

    public void Seek(long sample)
    {
        Close();
        _name = "";
    }

    public void Dispose() => Close();

    private int TryRead(Span<short> samples)
    {
        try
        {
            return _piece!.Read(samples);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    // The piece behind the last one; any readable one will do. False when there is none.
    private bool TryTurn()
    {
        for (var tries = 0; tries <= options.MaxMusicFiles + 1; tries++)
        {
            var names = folder.Names();
            if (names.Count == 0)
                return false;

            var at = 0;
            while (at < names.Count && string.CompareOrdinal(names[at], _name) <= 0)
                at++;
            _name = names[at % names.Count];
            if (folder.PathOf(_name) is { } path && SoundFile.TryOpenAsItIs(path, options, out _piece, out _))
                return true;
        }

        return false;
    }

    private void Close()
    {
        _piece?.Dispose();
        _piece = null;
    }
}
