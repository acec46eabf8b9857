namespace Tandem.Media.Audio;

/// <summary>One tap of a session or a mix. Unique there.</summary>
public readonly record struct TapId(long Value)
{
    public override string ToString() => $"tap {Value}";
}
