namespace Tandem.Media.Mixing;

/// <summary>A member of a mix: a side of a session, or a source. Unique in its mix, never used again.</summary>
public readonly record struct MemberId(int Value)
{
    public override string ToString() => $"member {Value}";
}
