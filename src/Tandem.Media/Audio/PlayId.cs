namespace Tandem.Media.Audio;

/// <summary>One playback of a session, from the command to its <see cref="Events.PlaybackEnded"/>. Unique in its session.</summary>
public readonly record struct PlayId(long Value)
{
    public override string ToString() => $"play {Value}";
}
