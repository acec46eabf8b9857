using Tandem.Calls.Ports;

namespace Tandem.Calls.Calls.Commands;

/// <summary>What commands play in a conversation. A command that plays to both ends with the later of the two. On the call's shard.</summary>
internal sealed class CommandSounds
{
    private readonly List<Playing> _playing = [];

    /// <summary>A sound begins; what played to that side before has its end.</summary>
    public void Begin(CommandContext command, CallSide side, int play)
    {
        for (var i = _playing.Count - 1; i >= 0; i--)
        {
            if (_playing[i].Side != side)
                continue;

            var before = _playing[i].Command;
            _playing.RemoveAt(i);
            EndIfLast(before, CommandOutcome.Cancelled, "Something else was played");
        }

        // A sound may be over before it was told that it began.
        _playing.Add(new Playing(command, side, play));
    }

    /// <summary>Stops what plays to a side; false when nothing does.</summary>
    public bool Stop(CallSide side, IMediaSound sound, string why)
    {
        var at = _playing.FindIndex(playing => playing.Side == side);
        if (at < 0)
            return false;

        var stopped = _playing[at];
        _playing.RemoveAt(at);
        sound.StopPlay(stopped.Play);
        EndIfLast(stopped.Command, CommandOutcome.Cancelled, why);
        return true;
    }

    /// <summary>The media tells that a sound is over.</summary>
    /// <param name="status">Its number, negative when it could not be played.</param>
    public void Over(int status)
    {
        var at = _playing.FindIndex(playing => playing.Play == Math.Abs(status));
        if (at < 0)
            return;

        var over = _playing[at];
        _playing.RemoveAt(at);
        EndIfLast(over.Command, status < 0 ? CommandOutcome.Failed : CommandOutcome.Done, status < 0 ? "It could not be played" : "");
    }

    private void EndIfLast(CommandContext command, CommandOutcome outcome, string detail)
    {
        if (!_playing.Exists(playing => playing.Command == command))
            command.End(outcome, detail: detail);
    }

    private readonly record struct Playing(CommandContext Command, CallSide Side, int Play);
}
