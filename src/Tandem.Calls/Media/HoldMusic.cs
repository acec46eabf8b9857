using Tandem.Media;
using Tandem.Media.Audio;
using Tandem.Media.Playback;
using Tandem.Media.Playback.Sources;

namespace Tandem.Calls.Media;

/// <summary>Plays music to the side that is held, from the plan that holds it to the one that takes it back.</summary>
internal sealed class HoldMusic(MediaSession session, SoundLibrary? sounds, string tenant, string list)
{
    private readonly PlayId?[] _plays = new PlayId?[2];

    /// <summary>A plan came into force.</summary>
    public void Follow()
    {
        if (sounds is null || list.Length == 0)
            return;

        Follow(MediaSide.A, MediaSide.B);
        Follow(MediaSide.B, MediaSide.A);
    }

    private void Follow(MediaSide held, MediaSide holder)
    {
        ref var play = ref _plays[(int)held];
        var isWanted = session.Plan.HoldsOther(holder) && Listens(held);
        if (isWanted == play is not null)
            return;

        if (play is { } playing)
        {
            session.Audio.StopPlay(playing);
            play = null;
            return;
        }

        play = session.Audio.Play(held, new ComingSource(sounds!.OpenMusicAsync(tenant, list), sounds.MusicRate));
    }

    private bool Listens(MediaSide side)
    {
        foreach (var line in session.Plan.Lines)
        {
            if (line is { Kind: "audio" } && line[side] is { Receives: true })
                return true;
        }

        return false;
    }
}
