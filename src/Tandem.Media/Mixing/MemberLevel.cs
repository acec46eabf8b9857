namespace Tandem.Media.Mixing;

/// <summary>How loud a member is.</summary>
/// <param name="Member">Who.</param>
/// <param name="LevelDb">dB below full scale: 0 is the loudest.</param>
public readonly record struct MemberLevel(MemberId Member, double LevelDb);
