using Tandem.Media.Playback.Prompts;
using Tandem.Media.Playback.Reading;

namespace Tandem.Media.Playback.Music;

/// <summary>The pieces of a list as they are: from one to the next until the rate changes, which is an end; <see cref="TryBegin"/> goes on then.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="open">Opens the file of a path; null when it cannot be read.</param>
internal sealed class PieceReader(SoundFolder folder, Func<string, ISoundReader?> open) : ISoundReader
{
    private ISoundReader? _piece;
    private string _name = "";

    // Files that were opened since the last sample: each is tried once, then nothing gives any sound.
    private int _tries;

    public SoundInfo Info => new("list", SampleRate, 1, null);

    /// <summary>That of the piece that is read.</summary>
    public int SampleRate { get; private set; }

    /// <summary>Pieces that gave nothing may give something now.</summary>
    public void TryAllAgain() => _tries = 0;

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
        while (_piece is not null || TryTurn())
        {
            if (_piece!.SampleRate != SampleRate)
                return 0;

            if (TryRead(samples) is > 0 and var count)
            {
                _tries = 0;
                return count;
            }

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
        var names = folder.Names();
        while (_tries < names.Count)
        {
            _tries++;
            var at = 0;
            while (at < names.Count && string.CompareOrdinal(names[at], _name) <= 0)
                at++;
            _name = names[at % names.Count];
            if (folder.PathOf(_name) is { } path && open(path) is { } piece)
            {
                _piece = piece;
                return true;
            }
        }

        return false;
    }

    private void Close()
    {
        _piece?.Dispose();
        _piece = null;
    }
}
