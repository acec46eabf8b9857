namespace Tandem.Sip.Authentication;

/// <summary>What a nonce is worth.</summary>
internal enum NonceState : byte
{
    Good,
    Expired,

    /// <summary>Not made by us since the start, or made for another address.</summary>
    Foreign,
}
