"""Korean that espeak-ng can say so that the Korean model hears it over the telephone: found by measuring.

`CALLER` is the voice and speed for which this holds; docs/hearing.md has the figures and what is not heard.
The phrases of one set are listened for together, as one phrase list; `FREE` are heard in free speech too.
"""

CALLER = ("ko+f3", 150)

OPEN = {
    "bill": [
        "할부",
        "이용료",
        "요금 할인",
        "비용 할인",
        "할인 요금",
        "비용 이용료",
    ],
    "internet fault": [
        "와이파이",
        "접속",
        "화면",
        "연결",
        "전화기",
        "점검",
        "로그인",
        "라디오",
        "게임",
        "홈페이지",
        "와이파이 연결",
        "와이파이 점검",
        "와이파이 로그인",
        "와이파이 화면",
        "게임 접속",
        "홈페이지 연결",
        "라디오 연결",
        "전화기 연결",
        "접속 점검",
        "화면 점검",
        "전화기 점검",
    ],
    "moving": [
        "빌라",
        "이동",
        "나라",
        "새로운 빌라",
        "새로운 나라",
        "새로운 거리",
        "이동 예약",
        "이동 해요",
    ],
    "agent": [
        "직원",
        "안내원",
        "도우미",
        "직원 연결",
        "사람 연결",
        "도우미 연결",
        "안내원 연결",
        "사람 도우미",
    ],
    "callback": ["예약", "오후", "오후 예약", "예약 전화"],
    "repeat": ["또", "한 번 더", "뭐", "또 또", "뭐 뭐"],
    "back": ["메인", "메인 화면", "메인 연결"],
    "goodbye": ["바이", "바이바이", "바이바이 바이"],
    "language": ["한국어", "독일어"],
}
COMMANDS = [
    "직원",
    "직원 연결",
    "도우미",
    "사람 연결",
    "도우미 연결",
    "안내원 연결",
    "사람 도우미",
    "예약",
    "한 번 더",
    "또",
    "뭐",
    "메인",
    "바이바이",
    "수고 하세요",
    "바이",
]
YES_OR_NO = {
    "yes": ["네", "그래요", "오케이", "확인", "동의 합니다", "네 네", "네 좋아요", "오케이 오케이", "네 그래요"],
    "no": ["아니오", "아니", "노", "아니야", "아니오 아니오", "아니야 아니야", "안 해요"],
    "commands": COMMANDS,
}
DIGITS = {
    "2": ["이 번", "번호 이"],
    "3": ["삼 번"],
    "4": ["넷"],
    "5": ["오", "오 번"],
    "6": ["여섯 번"],
    "7": ["일곱 번"],
    "9": ["아홉"],
    "commands": ["안내원", "도우미", "사람 연결", "메인"],
}
"""0, 1 and 8 are not heard in any form that was tried."""

FREE = ["와이파이", "라디오", "게임", "또", "오케이", "오"]
