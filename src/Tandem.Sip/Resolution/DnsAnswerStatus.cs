namespace Tandem.Sip.Resolution;

/// <summary>What became of a question.</summary>
public enum DnsAnswerStatus : byte
{
    /// <summary>There are records.</summary>
    Found,

    /// <summary>The name exists, without records of that type (RFC 2308 §2.2).</summary>
    NoData,

    /// <summary>The name does not exist (RFC 2308 §2.1).</summary>
    NoName,

    /// <summary>No name server gave an answer that can be used.</summary>
    Failed,
}
