using Tandem.Media.Mixing;

namespace Tandem.Media.Events;

/// <summary>A member is no longer in the mix: it left, its session closed, its source ended.</summary>
public sealed record MemberLeft(MemberId Member) : MediaEvent;
