namespace Tandem.Sip.Authentication;

/// <summary>What is unique in a nonce of ours.</summary>
/// <param name="IssuedMs">When it was issued, in milliseconds of <see cref="Core.Time.Moment"/>.</param>
/// <param name="Random">Its random part.</param>
internal readonly record struct NonceId(long IssuedMs, ulong Random)
{
    // The random part is ours and verified before anybody looks for it: it is the best hash there is.
    public override int GetHashCode() => (int)(Random ^ (Random >> 32));
}
