"""Sentences for the separation of regions."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "database.exempt-role": Sentence(
        500,
        (
            "数据库账户不受行级安全约束（超级用户或 BYPASSRLS），区域隔离不起作用。",
            "请改用普通数据库账户作为各表所有者，再启动平台。",
        ),
        (
            "The database account is above row-level security (superuser or BYPASSRLS); regions would not be kept apart.",
            "Use an ordinary account that owns the tables, then start the platform again.",
        ),
    ),
}
