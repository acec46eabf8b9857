namespace Tandem.Media.Mixing;

/// <summary>An entry of the routing matrix: <see cref="From"/> is heard by the member that holds this, at <see cref="Gain"/>.</summary>
/// <param name="From">Who is heard.</param>
/// <param name="Gain">The factor times 1,024; 0 is not heard.</param>
internal readonly record struct MixRoute(MixMember From, int Gain);
