namespace Tandem.Media.Plan;

/// <summary>An offer that we made to a side. Immutable.</summary>
/// <param name="Policy">For what kind of peer.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Sdp">As it goes out.</param>
internal sealed record LocalOffer(LegPolicy Policy, IReadOnlyList<LocalLine> Lines, byte[] Sdp);
