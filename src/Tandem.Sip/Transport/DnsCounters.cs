namespace Tandem.Sip.Transport;

/// <summary>What the sockets to the name servers counted. Any thread; all only ever grow.</summary>
public sealed class DnsCounters
{
    internal long Sent;
    internal long Answers;
    internal long Silent;
    internal long Unusable;
    internal long Stray;
    internal long OverTcp;
    internal long Refused;

    /// <summary>Questions sent, repetitions included.</summary>
    public long QuestionsSent => Volatile.Read(ref Sent);

    /// <summary>Responses that answered a question.</summary>
    public long AnswersReceived => Volatile.Read(ref Answers);

    /// <summary>Times that a server did not answer in time or could not be reached.</summary>
    public long SilentServers => Volatile.Read(ref Silent);

    /// <summary>Responses that said that the server cannot answer: SERVFAIL, REFUSED and the like.</summary>
    public long UnusableAnswers => Volatile.Read(ref Unusable);

    /// <summary>Datagrams that were not the response to the question: late, damaged or forged.</summary>
    public long StrayDatagrams => Volatile.Read(ref Stray);

    /// <summary>Questions asked over TCP, because the answer did not fit a datagram.</summary>
    public long QuestionsOverTcp => Volatile.Read(ref OverTcp);

    /// <summary>Questions refused because too many were under way, or because there is no name server.</summary>
    public long QuestionsRefused => Volatile.Read(ref Refused);
}
